#ifndef MARTLET_COPENSSL_SHIM_H
#define MARTLET_COPENSSL_SHIM_H

// Only what Swift cannot import (macros, variadics); everything else is called as it is.

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/conf.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/ocsp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static inline int COpenSSL_EVP_PKEY_PUBLIC_KEY(void) { return EVP_PKEY_PUBLIC_KEY; }
static inline int COpenSSL_EVP_PKEY_KEYPAIR(void) { return EVP_PKEY_KEYPAIR; }

static inline void COpenSSL_free(void *memory) { OPENSSL_free(memory); }

// TLS: contexts

static inline int COpenSSL_SSL_CTX_set_min_proto_version(SSL_CTX *ctx, int version) {
  return SSL_CTX_set_min_proto_version(ctx, version);
}

static inline void COpenSSL_SSL_CTX_set_mode(SSL_CTX *ctx, long mode) { (void)SSL_CTX_set_mode(ctx, mode); }

static inline void COpenSSL_SSL_CTX_set_session_cache_mode(SSL_CTX *ctx, long mode) {
  (void)SSL_CTX_set_session_cache_mode(ctx, mode);
}

static inline void COpenSSL_SSL_CTX_set_max_cert_list(SSL_CTX *ctx, long bytes) {
  (void)SSL_CTX_set_max_cert_list(ctx, bytes);
}

// The SSL_OP_ constants themselves are macros over a cast.
static inline uint64_t COpenSSL_SSL_options(void) {
  return SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;
}

static inline int COpenSSL_SSL_CTX_set1_groups_list(SSL_CTX *ctx, const char *list) {
  return SSL_CTX_set1_groups_list(ctx, list);
}

static inline void COpenSSL_SSL_CTX_set_tlsext_servername_callback(SSL_CTX *ctx, int (*callback)(SSL *, int *, void *),
                                                                   void *argument) {
  (void)SSL_CTX_set_tlsext_servername_callback(ctx, callback);
  (void)SSL_CTX_set_tlsext_servername_arg(ctx, argument);
}

// OSSL_PARAM keeps the pointers to its names, which Swift gives only for one call when the name is a macro's literal.
static inline int COpenSSL_EVP_MAC_CTX_set_key_sha256(EVP_MAC_CTX *mac, const unsigned char *key, size_t count) {
  OSSL_PARAM parameters[] = {OSSL_PARAM_octet_string(OSSL_MAC_PARAM_KEY, (void *)key, count),
                             OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 6), OSSL_PARAM_END};
  return EVP_MAC_CTX_set_params(mac, parameters);
}

static inline int COpenSSL_SSL_set_tlsext_host_name(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}

// TLS: the custom BIO

static inline void COpenSSL_BIO_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }

static inline void COpenSSL_BIO_clear_retry_flags(BIO *bio) { BIO_clear_retry_flags(bio); }

// Stacks

static inline STACK_OF(X509) * COpenSSL_sk_X509_new_null(void) { return sk_X509_new_null(); }

static inline int COpenSSL_sk_X509_num(const STACK_OF(X509) * stack) { return sk_X509_num(stack); }

static inline X509 *COpenSSL_sk_X509_value(const STACK_OF(X509) * stack, int index) {
  return sk_X509_value(stack, index);
}

// Takes over the caller's reference when it returns 1.
static inline int COpenSSL_sk_X509_push(STACK_OF(X509) * stack, X509 *certificate) {
  return sk_X509_push(stack, certificate) > 0;
}

static inline void COpenSSL_sk_X509_pop_free(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }

static inline int COpenSSL_sk_GENERAL_NAME_num(const STACK_OF(GENERAL_NAME) * stack) {
  return sk_GENERAL_NAME_num(stack);
}

static inline GENERAL_NAME *COpenSSL_sk_GENERAL_NAME_value(const STACK_OF(GENERAL_NAME) * stack, int index) {
  return sk_GENERAL_NAME_value(stack, index);
}

// A copy of the stack whose members are not owned.
static inline STACK_OF(X509) * COpenSSL_sk_X509_dup(const STACK_OF(X509) * stack) { return sk_X509_dup(stack); }

static inline void COpenSSL_sk_X509_free(STACK_OF(X509) * stack) { sk_X509_free(stack); }

static inline int COpenSSL_sk_OPENSSL_STRING_num(const STACK_OF(OPENSSL_STRING) * stack) {
  return sk_OPENSSL_STRING_num(stack);
}

static inline const char *COpenSSL_sk_OPENSSL_STRING_value(const STACK_OF(OPENSSL_STRING) * stack, int index) {
  return sk_OPENSSL_STRING_value(stack, index);
}

static inline unsigned long COpenSSL_XN_FLAG_RFC2253(void) { return XN_FLAG_RFC2253; }

static inline long COpenSSL_BIO_get_mem_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }

#endif
