package duckdb

import (
	"fmt"
	"path/filepath"
	"sync"
)

// claimed are the files that this process has open. DuckDB's lock keeps other processes out, and would let a second instance in this one spoil the file.
var claimed sync.Map

func claim(path string) (release func(), err error) {
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		return nil, err
	}
	file := filepath.Join(folder, filepath.Base(path))
	if _, taken := claimed.LoadOrStore(file, true); taken {
		return nil, fmt.Errorf("%s is open already", file)
	}
	return func() { claimed.Delete(file) }, nil
}
