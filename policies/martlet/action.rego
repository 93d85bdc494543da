# METADATA
# title: Kinds of actions
package martlet.action

# Removes something that cannot be had back.
deletes if startswith(verb, "Delete")

deletes if verb in {"BypassGovernanceRetention", "PutLifecycleConfiguration"}

# Changes nothing.
reads if startswith(verb, "Get")

reads if startswith(verb, "List")

reads if startswith(verb, "Head")

# Changes an object, a bucket or who may use them. Only s3 and iam keep anything; sts issues credentials.
writes if {
	input.service in {"s3", "iam"}
	not reads
}

# `DeleteObject` of `s3:DeleteObject`.
verb := split(input.action, ":")[1]
