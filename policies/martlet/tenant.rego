# METADATA
# title: Tenants
# description: >-
#   `data.access.tenants` is `{claim, buckets}`: the session's claim (or the principal's tag of that name) names the
#   tenant, and every bucket that matches `buckets`, a pattern with `{tenant}` in it, belongs to the tenant in its name.
package martlet.tenant

deny contains message if {
	some pattern in data.access.tenants.buckets
	[before, after] := split(pattern, "{tenant}")
	startswith(input.bucket, before)
	endswith(input.bucket, after)
	count(input.bucket) >= count(before) + count(after)
	not own(before, after)
	message := sprintf("bucket %v belongs to another tenant", [input.bucket])
}

own(before, after) if input.bucket == concat("", [before, tenant, after])

tenant := input.session.claims[data.access.tenants.claim]

tenant := input.principal.tags[data.access.tenants.claim] if not input.session.claims[data.access.tenants.claim]
