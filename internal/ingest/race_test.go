//go:build race

package ingest_test

// gigabyte is less under the race detector, which makes byte by byte work twenty times slower.
const gigabyte = 64 << 20
