# METADATA
# title: Time windows
# description: >-
#   `data.access.windows` is a list of rules `{buckets, zone, weekdays, from, to, reads}`: what a rule names may be used
#   only on those days and between those hours (`HH:MM`, `to` not included) in that time zone. With `reads: true`
#   reading is free at all times.
package martlet.window

import data.martlet.action

deny contains message if {
	some rule in data.access.windows
	concerns(rule)
	not open(rule)
	message := sprintf("outside of the hours %v to %v %v", [rule.from, rule.to, rule.zone])
}

concerns(rule) if {
	some bucket in rule.buckets
	glob.match(bucket, null, input.bucket)
	not exempt(rule)
}

exempt(rule) if {
	rule.reads
	action.reads
}

open(rule) if {
	now := time.now_ns()
	time.weekday([now, rule.zone]) in rule.weekdays
	[hour, minute, _] := time.clock([now, rule.zone])
	minutes := (hour * 60) + minute
	minutes >= of_day(rule.from)
	minutes < of_day(rule.to)
}

# Minutes since midnight.
of_day(clock) := (to_number(hour) * 60) + to_number(minute) if [hour, minute] := split(clock, ":")
