# make run     install what is missing, build, start with an embedded store, print a session to paste
# make test    install what the tests need, run all tests
# make lint    check the formatting
# make bench   measure against nginx and Envoy

SHELL := /bin/bash
DATA ?= data
RELEASE := -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked -Xswiftc -cross-module-optimization
MARTLET := .build/release/martlet
BUILD_PACKAGES := libssl-dev libjansson-dev libre2-dev zlib1g-dev libsqlite3-dev libkrb5-dev libldap2-dev pkg-config openssl tzdata

.PHONY: run build test unit-test differential-test integration-test lint bench packages fuzz clean

run: build
	@exec $(MARTLET) serve --data $(DATA) --print-session

build: $(MARTLET)

# SwiftPM takes seconds to find out that there is nothing to do.
$(MARTLET): Makefile Package.swift $(shell find Sources) | packages
	@swift build $(RELEASE) --product martlet && touch $@

# apt is asked only when something is missing.
packages:
	@Tests/Rigs/packages.sh $(BUILD_PACKAGES)

test: unit-test differential-test integration-test

unit-test: packages
	@Tests/Rigs/packages.sh curl etcd-server etcd-client
	swift build --build-tests
	Tests/Rigs/with-etcd.sh swift test --skip-build

differential-test: packages
	swift build --product RegoAnswers
	@Tests/Differential/run.sh

integration-test: build
	@Tests/Integration/run.sh

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

bench: build
	@Tests/Bench/run.sh
	@Tests/Bench/run-sessions.sh
	@Tests/Bench/run-policies.sh
	@Tests/Bench/run-identities.sh
	@Tests/Bench/run-logins.sh

fuzz:
	@Tests/Fuzz/run.sh

clean:
	rm -rf .build .build-*
