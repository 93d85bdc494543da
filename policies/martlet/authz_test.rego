package martlet.authz_test

import data.martlet.authz

access := {
	"networks": [{"buckets": ["*"], "allow": ["192.0.2.0/24"]}],
	"freeze": {"buckets": ["ledger"]},
	"break_glass": {"groups": ["on-call"], "tag": "incident"},
	"obligations": [
		{"buckets": ["uploads"], "actions": ["s3:PutObject"], "obligations": {"max_bytes": 1048576}},
		{"buckets": ["*"], "obligations": {"audit_tags": {"site": "north"}}},
	],
}

put(bucket) := {
	"service": "s3",
	"action": "s3:PutObject",
	"bucket": bucket,
	"principal": {"name": "carol", "groups": ["on-call"], "tags": {"incident": "INC-7"}},
	"session": {"mfa": true, "mfa_age": 60},
	"request": {"source_ip": "198.51.100.1"},
}

test_quiet_without_data if {
	count(authz.deny) == 0 with input as put("ledger") with data.access as {}
	not authz.obligations with input as put("ledger") with data.access as {}
	authz.allow == false with input as put("ledger") with data.access as {}
}

test_glass_broken if {
	count(authz.deny) == 0 with input as put("uploads") with data.access as access
	authz.allow with input as put("uploads") with data.access as access
}

test_glass_marked if {
	authz.obligations == {
		"max_bytes": 1048576,
		"audit_tags": {"site": "north", "break_glass": "INC-7"},
	} with input as put("uploads") with data.access as access
}

test_glass_takes_second_factor if {
	asked := object.union(put("uploads"), {"session": {"mfa": true, "mfa_age": 901}})
	count(authz.deny) == 1 with input as asked with data.access as access
	not authz.allow with input as asked with data.access as access
}

test_glass_takes_reason if {
	asked := object.union(put("uploads"), {"principal": {"tags": {"incident": ""}}})
	count(authz.deny) == 1 with input as asked with data.access as access
}

test_glass_takes_group if {
	asked := object.union(put("uploads"), {"principal": {"groups": ["staff"]}})
	count(authz.deny) == 1 with input as asked with data.access as access
}

test_freeze_holds if count(authz.deny) == 1 with input as put("ledger") with data.access as access

test_no_obligation_elsewhere if {
	not authz.obligations.max_bytes with input as put("other") with data.access as access
}
