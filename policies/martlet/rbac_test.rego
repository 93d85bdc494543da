package martlet.rbac_test

import data.martlet.rbac

access := {
	"roles": {"reader": [{
		"actions": ["s3:Get*", "s3:ListBucket"],
		"resources": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
	}]},
	"bindings": {
		"users": {"alice": ["reader"]},
		"groups": {"analysts": ["reader"]},
		"roles": {"report-job": ["reader"]},
	},
}

read(principal) := {
	"service": "s3",
	"action": "s3:GetObject",
	"resource": "arn:aws:s3:::reports/2026/q1.csv",
	"bucket": "reports",
	"principal": principal,
}

test_user_with_role if rbac.allow with input as read({"name": "alice"}) with data.access as access

test_group_with_role if {
	rbac.allow with input as read({"name": "bob", "groups": ["staff", "analysts"]}) with data.access as access
}

test_assumed_role if rbac.allow with input as read({"role": "report-job"}) with data.access as access

test_nobody_else if {
	not rbac.allow with input as read({"name": "mallory", "groups": ["staff"]}) with data.access as access
}

test_no_other_action if {
	asked := object.union(read({"name": "alice"}), {"action": "s3:PutObject"})
	not rbac.allow with input as asked with data.access as access
}

test_no_other_resource if {
	asked := object.union(read({"name": "alice"}), {"resource": "arn:aws:s3:::reports-secret/x"})
	not rbac.allow with input as asked with data.access as access
}

test_nothing_without_data if not rbac.allow with input as read({"name": "alice"}) with data.access as {}
