#ifndef MARTLET_CGSSAPI_SHIM_H
#define MARTLET_CGSSAPI_SHIM_H

// Only what Swift cannot import (macros over casts, global variables); everything else is called as it is.

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

static inline OM_uint32 CGSSAPI_S_COMPLETE(void) { return GSS_S_COMPLETE; }
static inline OM_uint32 CGSSAPI_S_CONTINUE_NEEDED(void) { return GSS_S_CONTINUE_NEEDED; }
static inline OM_uint32 CGSSAPI_ROUTINE_ERROR(OM_uint32 major) { return GSS_ROUTINE_ERROR(major); }
static inline OM_uint32 CGSSAPI_S_BAD_BINDINGS(void) { return GSS_S_BAD_BINDINGS; }
static inline OM_uint32 CGSSAPI_S_NO_CRED(void) { return GSS_S_NO_CRED; }
static inline OM_uint32 CGSSAPI_S_CREDENTIALS_EXPIRED(void) { return GSS_S_CREDENTIALS_EXPIRED; }
static inline OM_uint32 CGSSAPI_S_UNAVAILABLE(void) { return GSS_S_UNAVAILABLE; }
static inline OM_uint32 CGSSAPI_C_INDEFINITE(void) { return GSS_C_INDEFINITE; }

static inline OM_uint32 CGSSAPI_C_ANON_FLAG(void) { return GSS_C_ANON_FLAG; }
// Not in the headers of every release that has it.
static inline OM_uint32 CGSSAPI_C_CHANNEL_BOUND_FLAG(void) { return 2048; }

static inline gss_OID CGSSAPI_mech_krb5(void) { return gss_mech_krb5; }
static inline gss_OID CGSSAPI_NT_HOSTBASED_SERVICE(void) { return GSS_C_NT_HOSTBASED_SERVICE; }
static inline OM_uint32 CGSSAPI_C_MUTUAL_FLAG(void) { return GSS_C_MUTUAL_FLAG; }
static inline gss_OID CGSSAPI_mech_spnego(void) {
  static gss_OID_desc mech = {6, (void *)"\x2b\x06\x01\x05\x05\x02"};
  return &mech;
}
static inline gss_OID CGSSAPI_NT_PRINCIPAL_NAME(void) { return GSS_KRB5_NT_PRINCIPAL_NAME; }

// SPNEGO (RFC 4178) and Kerberos alone (RFC 4121), which some clients send unwrapped.
static inline gss_OID_set CGSSAPI_accepted_mechs(void) {
  static gss_OID_desc mechs[2] = {{6, (void *)"\x2b\x06\x01\x05\x05\x02"},
                                  {9, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"}};
  static gss_OID_set_desc set = {2, mechs};
  return &set;
}

// What SPNEGO may agree on.
static inline gss_OID_set CGSSAPI_negotiated_mechs(void) {
  static gss_OID_desc mech = {9, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
  static gss_OID_set_desc set = {1, &mech};
  return &set;
}

static inline gss_cred_usage_t CGSSAPI_C_ACCEPT(void) { return GSS_C_ACCEPT; }
static inline int CGSSAPI_C_MECH_CODE(void) { return GSS_C_MECH_CODE; }

#endif
