package martlet.network_test

import data.martlet.network

access := {"networks": [
	{"buckets": ["internal", "internal-*"], "allow": ["192.0.2.0/24", "2001:db8::/32"]},
	{"deny": ["203.0.113.0/24"]},
]}

from(address, bucket) := {"service": "s3", "bucket": bucket, "request": {"source_ip": address}}

test_inside if count(network.deny) == 0 with input as from("192.0.2.7", "internal") with data.access as access

test_inside_v6 if count(network.deny) == 0 with input as from("2001:db8::1", "internal-2") with data.access as access

test_outside if count(network.deny) == 1 with input as from("198.51.100.1", "internal") with data.access as access

test_other_bucket if count(network.deny) == 0 with input as from("198.51.100.1", "public") with data.access as access

test_refused_everywhere if {
	count(network.deny) == 1 with input as from("203.0.113.9", "public") with data.access as access
}

test_refused_without_bucket if {
	count(network.deny) == 1 with input as {"service": "sts", "request": {"source_ip": "203.0.113.9"}}
		with data.access as access
}

# An address that is not known is in no network.
test_unknown_address if {
	count(network.deny) == 1 with input as {"service": "s3", "bucket": "internal"} with data.access as access
}

test_no_rules if count(network.deny) == 0 with input as from("203.0.113.9", "internal") with data.access as {}
