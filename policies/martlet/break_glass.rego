# METADATA
# title: Breaking the glass
# description: >-
#   `data.access.break_glass` is `{groups, tag, mfa_age_max}`: members of these groups whose session carries the tag
#   (say, the number of an incident) and a recent second factor pass networks, windows, second factors for deletes and
#   classification. Freezes and tenants still hold. Every such request is marked in the audit log.
package martlet.break_glass

default open := false

open if {
	some group in data.access.break_glass.groups
	group in input.principal.groups
	reason != ""
	input.session.mfa
	input.session.mfa_age <= object.get(data.access.break_glass, "mfa_age_max", 900)
}

reason := input.principal.tags[data.access.break_glass.tag]

default obligations := {}

obligations := {"audit_tags": {"break_glass": reason}} if open
