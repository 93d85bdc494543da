package martlet.freeze_test

import data.martlet.freeze

access := {"freeze": {"buckets": ["ledger-*"], "reason": "audit of 2026"}}

asked(action, bucket) := {"service": "s3", "action": action, "bucket": bucket}

test_write if {
	freeze.deny == {"frozen: audit of 2026"} with input as asked("s3:PutObject", "ledger-1") with data.access as access
}

test_delete if count(freeze.deny) == 1 with input as asked("s3:DeleteObject", "ledger-1") with data.access as access

test_policy if count(freeze.deny) == 1 with input as asked("s3:PutBucketPolicy", "ledger-1") with data.access as access

test_abort if {
	count(freeze.deny) == 1 with input as asked("s3:AbortMultipartUpload", "ledger-1") with data.access as access
}

test_read if count(freeze.deny) == 0 with input as asked("s3:GetObject", "ledger-1") with data.access as access

test_other_bucket if count(freeze.deny) == 0 with input as asked("s3:PutObject", "scratch") with data.access as access
