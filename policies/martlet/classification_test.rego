package martlet.classification_test

import data.martlet.classification

access := {"classification": {
	"levels": ["public", "internal", "secret"],
	"rules": [{"buckets": ["docs"], "prefixes": ["hr/"], "level": "secret"}],
	"tagged_buckets": ["vault"],
}}

get(bucket, object, clearance) := {
	"service": "s3",
	"action": "s3:GetObject",
	"bucket": bucket,
	"object": object,
	"principal": {"tags": {"clearance": clearance}},
}

test_cleared if {
	count(classification.deny) == 0 with input as get("docs", {"key": "hr/a"}, "secret") with data.access as access
}

test_not_cleared if {
	count(classification.deny) == 1 with input as get("docs", {"key": "hr/a"}, "internal") with data.access as access
}

test_unknown_clearance if {
	count(classification.deny) == 1 with input as get("docs", {"key": "hr/a"}, "cosmic") with data.access as access
}

test_no_clearance if {
	count(classification.deny) == 1 with input as {
		"service": "s3", "action": "s3:GetObject", "bucket": "docs", "object": {"key": "hr/a"},
	}
		with data.access as access
}

test_other_prefix if {
	count(classification.deny) == 0 with input as get("docs", {"key": "menu"}, "public") with data.access as access
}

test_by_tag if {
	asked := get("vault", {"key": "x", "tags": {"classification": "secret"}}, "internal")
	count(classification.deny) == 1 with input as asked with data.access as access
}

test_by_tag_cleared if {
	asked := get("vault", {"key": "x", "tags": {"classification": "internal"}}, "internal")
	count(classification.deny) == 0 with input as asked with data.access as access
}

# A level that is not in the list is above every clearance.
test_unknown_level if {
	asked := get("vault", {"key": "x", "tags": {"classification": "cosmic"}}, "secret")
	count(classification.deny) == 1 with input as asked with data.access as access
}

list(prefix) := {"service": "s3", "action": "s3:ListBucket", "bucket": "docs", "s3": {"prefix": prefix}}

test_listing_below if count(classification.deny) == 1 with input as list("hr/2026/") with data.access as access

test_listing_above if count(classification.deny) == 1 with input as list("h") with data.access as access

test_listing_everything if {
	count(classification.deny) == 1 with input as {"service": "s3", "action": "s3:ListBucket", "bucket": "docs"}
		with data.access as access
}

test_listing_beside if count(classification.deny) == 0 with input as list("menus/") with data.access as access
