#include "CRE2.h"

#include <re2/re2.h>

#include <string>

struct CRE2Expression {
  re2::RE2 expression;

  CRE2Expression(const re2::StringPiece &pattern, const re2::RE2::Options &options)
      : expression(pattern, options) {}
};

extern "C" CRE2Expression *CRE2_compile(const char *pattern, size_t count, int64_t memory_max) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(memory_max);
  return new CRE2Expression(re2::StringPiece(pattern, count), options);
}

extern "C" void CRE2_free(CRE2Expression *expression) { delete expression; }

extern "C" const char *CRE2_message(const CRE2Expression *expression, size_t *count) {
  const std::string &message = expression->expression.error();
  *count = expression->expression.ok() ? 0 : message.size();
  return message.data();
}

extern "C" int CRE2_group_count(const CRE2Expression *expression) {
  return expression->expression.NumberOfCapturingGroups();
}

extern "C" int CRE2_group_number(const CRE2Expression *expression, const char *name, size_t count) {
  const auto &groups = expression->expression.NamedCapturingGroups();
  const auto found = groups.find(std::string(name, count));
  return found == groups.end() ? -1 : found->second;
}

extern "C" bool CRE2_find(
    const CRE2Expression *expression, const char *text, size_t count, size_t start, int64_t *groups,
    int group_count) {
  constexpr int held = 32;
  re2::StringPiece few[held];
  // More groups than that are rare; only they cost an allocation.
  re2::StringPiece *pieces = group_count <= held ? few : new re2::StringPiece[group_count];
  const bool found = expression->expression.Match(
      re2::StringPiece(text, count), start, count, re2::RE2::UNANCHORED, pieces, group_count);
  if (found) {
    for (int index = 0; index < group_count; index++) {
      const bool took_part = pieces[index].data() != nullptr;
      groups[2 * index] = took_part ? pieces[index].data() - text : -1;
      groups[2 * index + 1] = took_part ? pieces[index].data() - text + (int64_t)pieces[index].size() : -1;
    }
  }
  if (pieces != few) delete[] pieces;
  return found;
}
