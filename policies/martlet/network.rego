# METADATA
# title: Networks
# description: >-
#   `data.access.networks` is a list of rules `{buckets, allow, deny}`: requests about a bucket that a rule names must
#   come from one of its `allow` networks, and from none of its `deny` networks.
package martlet.network

deny contains message if {
	some rule in rules
	rule.allow
	not within(rule.allow)
	message := sprintf("%v is not in a network that may use this", [address])
}

deny contains message if {
	some rule in rules
	within(rule.deny)
	message := sprintf("%v is in a refused network", [address])
}

# Rules without `buckets` are about everything, sts and iam too.
rules contains rule if {
	some rule in data.access.networks
	not rule.buckets
}

rules contains rule if {
	some rule in data.access.networks
	some bucket in rule.buckets
	glob.match(bucket, null, input.bucket)
}

within(networks) if {
	some network in networks
	net.cidr_contains(network, input.request.source_ip)
}

default address := "an unknown address"

address := input.request.source_ip
