# METADATA
# title: A second factor for deletes
# description: >-
#   `data.access.mfa` is a list of rules `{buckets, age_max}`: deleting there takes a session with a second factor used
#   at most `age_max` seconds ago (default one hour). Long-lived keys carry none.
package martlet.mfa

import data.martlet.action

deny contains "deleting takes a recent second factor" if {
	action.deletes
	some rule in data.access.mfa
	some bucket in rule.buckets
	glob.match(bucket, null, input.bucket)
	not fresh(rule)
}

fresh(rule) if {
	input.session.mfa
	input.session.mfa_age <= object.get(rule, "age_max", 3600)
}
