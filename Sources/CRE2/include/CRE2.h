// A C face of RE2 (libre2): compile, search, groups. Nothing here throws or allocates for the caller but the handle.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CRE2Expression CRE2Expression;

// Never returns null. Whether it compiled: CRE2_message is empty. Freed by CRE2_free.
// memory_max bounds the compiled program and its automaton, in bytes.
CRE2Expression *CRE2_compile(const char *pattern, size_t count, int64_t memory_max);
void CRE2_free(CRE2Expression *expression);

// Why it did not compile; empty when it did. Lives as long as the expression.
const char *CRE2_message(const CRE2Expression *expression, size_t *count);

int CRE2_group_count(const CRE2Expression *expression);
// The number of a named group, -1 when there is none.
int CRE2_group_number(const CRE2Expression *expression, const char *name, size_t count);

// The leftmost match that starts at or after `start`. `groups` takes pairs of offsets, -1 where a group took no part;
// pair 0 is the whole match. False when there is no match.
bool CRE2_find(
    const CRE2Expression *expression, const char *text, size_t count, size_t start, int64_t *groups,
    int group_count);

#ifdef __cplusplus
}
#endif
