# METADATA
# title: The decision
# description: >-
#   What `martlet serve` asks for every access: `allow`, `deny` and `obligations`. Each topic has a module of its own;
#   take one out by removing its line here.
# entrypoint: true
package martlet.authz

import data.martlet.break_glass
import data.martlet.classification
import data.martlet.freeze
import data.martlet.mfa
import data.martlet.network
import data.martlet.obligation
import data.martlet.rbac
import data.martlet.tenant
import data.martlet.window

# Counts with `authorization.rego: grant` and `decide`; not read with `restrict`.
default allow := false

allow if rbac.allow

allow if break_glass.open

# A freeze holds for everyone; no glass is broken for it.
deny contains message if some message in freeze.deny

deny contains message if some message in tenant.deny

deny contains message if {
	some message in suspendable
	not break_glass.open
}

suspendable contains message if some message in network.deny

suspendable contains message if some message in window.deny

suspendable contains message if some message in mfa.deny

suspendable contains message if some message in classification.deny

obligations := object.union(obligation.obligations, break_glass.obligations) if obliged

obliged if some _ in obligation.applicable

obliged if break_glass.open
