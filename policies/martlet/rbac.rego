# METADATA
# title: Roles from data
# description: >-
#   Who has which role, and what a role may do, stand in `data.access.roles` and `data.access.bindings`; both change
#   without a change of policy.
package martlet.rbac

default allow := false

# METADATA
# description: Some role of the caller grants the action on the resource.
allow if {
	some role in roles
	some grant in data.access.roles[role]
	matches(grant.actions, input.action)
	matches(grant.resources, input.resource)
}

# METADATA
# description: Roles by user name, by group, and by the role that was assumed.
roles contains role if some role in data.access.bindings.users[input.principal.name]

roles contains role if {
	some group in input.principal.groups
	some role in data.access.bindings.groups[group]
}

roles contains role if some role in data.access.bindings.roles[input.principal.role]

# No delimiters: `*` runs over `/` and `:`, as in IAM.
matches(patterns, value) if {
	some pattern in patterns
	glob.match(pattern, null, value)
}
