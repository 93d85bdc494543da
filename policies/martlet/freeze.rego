# METADATA
# title: Read-only freeze
# description: >-
#   `data.access.freeze` is `{buckets, reason}`: nothing is written to or deleted from these buckets, by nobody.
package martlet.freeze

import data.martlet.action

deny contains message if {
	action.writes
	some bucket in data.access.freeze.buckets
	glob.match(bucket, null, input.bucket)
	message := sprintf("frozen: %v", [object.get(data.access.freeze, "reason", "read only")])
}
