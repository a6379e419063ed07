//go:build !race

package ingest_test

// gigabyte is the length of the longest line that tests send.
const gigabyte = 1 << 30
