# METADATA
# title: Obligations
# description: >-
#   `data.access.obligations` is a list of rules `{buckets, actions, obligations}`; what applies is merged. Two rules
#   that give one obligation different values deny, which is for the operator to notice.
package martlet.obligation

default obligations := {}

obligations := {name: value |
	some rule in applicable
	some name, value in rule.obligations
} if {
	some _ in applicable
}

applicable contains rule if {
	some rule in data.access.obligations
	some bucket in rule.buckets
	glob.match(bucket, null, input.bucket)
	some pattern in object.get(rule, "actions", ["*"])
	glob.match(pattern, null, input.action)
}
