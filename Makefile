# Noroshi: `make run` builds and starts it, `make test` runs all that decides, `make prove` the long proofs.
SHELL := /bin/bash
.DEFAULT_GOAL := build
export CGO_ENABLED := 1
export GOFLAGS := -buildvcs=false

DATA   ?= data
LISTEN ?= 127.0.0.1:8080
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

GOFUMPT     := go run mvdan.cc/gofumpt@v0.12.0
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: build run test prove faults packages console check unit browser generate clean help

help: ## what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

build: console bin/noroshi ## the program with the console in it

run: build ## build and start with the demo's working day (a new data folder only)
	./bin/noroshi serve --data $(DATA) --listen $(LISTEN) --demo

.PHONY: bin/noroshi
bin/noroshi:
	go build -ldflags '$(LDFLAGS)' -o $@ ./cmd/noroshi

console/node_modules/.package-lock.json: console/package-lock.json
	cd console && npm ci --no-audit --no-fund
	@touch $@

CONSOLE_SOURCES := $(shell find console/src console/public console/index.html console/vite.config.ts console/tsconfig.json 2>/dev/null)
console/dist/index.html: console/node_modules/.package-lock.json $(CONSOLE_SOURCES)
	cd console && npm run build

console: console/dist/index.html ## build the console

packages: ## Debian packages that the tests need (as root)
	@.ci/packages

test: packages build check unit browser ## all that decides, in 15 minutes or less
	@.ci/summary

check: console/node_modules/.package-lock.json ## formats, vet, lint, types
	@test -z "$$($(GOFUMPT) -l $$(git ls-files '*.go'))" || { echo 'gofumpt differs:'; $(GOFUMPT) -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	$(STATICCHECK) ./...
	cd console && npm run --silent format:check && npm run --silent lint && npm run --silent check && npm test --silent

unit: build ## Go tests, with every skip shown
	@.ci/unit

browser: build ## the console in a real browser, on the real program
	cd console && npm run --silent e2e

faults: ## every seeded fault must turn its test red
	go run ./cmd/faults

prove: build ## long proofs; writes docs/performance.md
	@.ci/prove

generate: bin/noroshi ## the OpenAPI document and the console's client from the code
	./bin/noroshi openapi > console/src/api/openapi.json
	cd console && npm run --silent generate

clean: ## what was built
	rm -rf bin console/dist/assets console/dist/index.html console/node_modules
