# METADATA
# title: Classified data
# description: >-
#   `data.access.classification.levels` names the levels in order, lowest first; `rules` say what has which level, by
#   bucket and prefix or by the object's tag `classification`. The caller's clearance is the principal's tag
#   `clearance`. Who has none has the lowest level.
package martlet.classification

deny contains message if {
	some level in levels
	rank(level) > clearance
	message := sprintf("%v data takes a higher clearance", [level])
}

levels contains rule.level if {
	some rule in data.access.classification.rules
	some bucket in rule.buckets
	glob.match(bucket, null, input.bucket)
	some prefix in rule.prefixes
	touches(prefix)
}

# The object's tags are asked of the store only where a rule says that tags count.
levels contains level if {
	some pattern in data.access.classification.tagged_buckets
	glob.match(pattern, null, input.bucket)
	level := input.object.tags.classification
}

# A level that nobody has named is above all.
rank(level) := position if {
	some position, name in data.access.classification.levels
	name == level
} else := 1000000

default clearance := 0

clearance := rank(input.principal.tags.clearance) if input.principal.tags.clearance in data.access.classification.levels

touches(prefix) if startswith(input.object.key, prefix)

# A listing shows what lies below its prefix and, above the classified one, that as well.
touches(prefix) if {
	input.action in {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"}
	some shorter, longer in {listed: prefix, prefix: listed}
	startswith(longer, shorter)
}

default listed := ""

listed := input.s3.prefix
