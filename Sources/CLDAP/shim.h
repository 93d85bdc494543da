#ifndef MARTLET_CLDAP_SHIM_H
#define MARTLET_CLDAP_SHIM_H

// Only what Swift cannot import (macros over casts and of strings); everything else is called as it is.

#include <lber.h>
#include <ldap.h>

static inline const char *CLDAP_PASSWORD_POLICY_RESPONSE(void) { return LDAP_CONTROL_PASSWORDPOLICYRESPONSE; }
static inline int CLDAP_TLS_1_2(void) { return LDAP_OPT_X_TLS_PROTOCOL_TLS1_2; }
// Asked for nothing: all that a bind by ticket needs is set before.
static inline int CLDAP_interact(LDAP *ld, unsigned flags, void *defaults, void *in) { return LDAP_SUCCESS; }

static inline int CLDAP_gssapi_bind(LDAP *ld) {
  return ldap_sasl_interactive_bind_s(ld, NULL, "GSSAPI", NULL, NULL, LDAP_SASL_QUIET, CLDAP_interact, NULL);
}
static inline const void *CLDAP_ON(void) { return LDAP_OPT_ON; }

#endif
