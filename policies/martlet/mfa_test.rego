package martlet.mfa_test

import data.martlet.mfa

access := {"mfa": [{"buckets": ["archive-*"], "age_max": 600}, {"buckets": ["ledger"]}]}

delete(bucket, session) := {"service": "s3", "action": "s3:DeleteObject", "bucket": bucket, "session": session}

test_recent if {
	count(mfa.deny) == 0 with input as delete("archive-1", {"mfa": true, "mfa_age": 600}) with data.access as access
}

test_stale if {
	count(mfa.deny) == 1 with input as delete("archive-1", {"mfa": true, "mfa_age": 601}) with data.access as access
}

test_default_age if {
	count(mfa.deny) == 0 with input as delete("ledger", {"mfa": true, "mfa_age": 3600}) with data.access as access
}

test_no_second_factor if count(mfa.deny) == 1 with input as delete("ledger", {"mfa": false}) with data.access as access

test_long_lived_key if {
	count(mfa.deny) == 1 with input as {"service": "s3", "action": "s3:DeleteObject", "bucket": "ledger"}
		with data.access as access
}

test_reading_is_free if {
	count(mfa.deny) == 0 with input as {"service": "s3", "action": "s3:GetObject", "bucket": "ledger"}
		with data.access as access
}

test_other_bucket if count(mfa.deny) == 0 with input as delete("scratch", {"mfa": false}) with data.access as access
