package martlet.tenant_test

import data.martlet.tenant

access := {"tenants": {"claim": "tenant", "buckets": ["tenant-{tenant}", "{tenant}-backup"]}}

by_claim(bucket, name) := {"service": "s3", "bucket": bucket, "session": {"claims": {"tenant": name}}}

test_own_bucket if count(tenant.deny) == 0 with input as by_claim("tenant-acme", "acme") with data.access as access

test_other_tenants_bucket if {
	count(tenant.deny) == 1 with input as by_claim("tenant-acme", "evil") with data.access as access
}

test_suffix if count(tenant.deny) == 1 with input as by_claim("acme-backup", "evil") with data.access as access

test_by_tag if {
	count(tenant.deny) == 0 with input as {
		"service": "s3", "bucket": "tenant-acme", "principal": {"tags": {"tenant": "acme"}},
	}
		with data.access as access
}

# The provider's claim counts more than a tag, which a session may choose.
test_claim_over_tag if {
	count(tenant.deny) == 1 with input as {
		"service": "s3", "bucket": "tenant-acme",
		"session": {"claims": {"tenant": "evil"}},
		"principal": {"tags": {"tenant": "acme"}},
	}
		with data.access as access
}

test_nobody if count(tenant.deny) == 1 with input as {"service": "s3", "bucket": "tenant-acme"} with data.access as access

test_common_bucket if count(tenant.deny) == 0 with input as by_claim("shared", "evil") with data.access as access
