// SPDX-License-Identifier: MIT

// Regions in Go, by way of cgo.  A region belongs to a thread: lock the
// goroutine to one while it lasts.
//
//	go build regions.go
package main

/*
#cgo LDFLAGS: -lcprof
#include <stdlib.h>
void cprof_region_begin(const char *name);
void cprof_region_end(const char *name);
*/
import "C"

import (
	"fmt"
	"math"
	"runtime"
	"unsafe"
)

// Begin a region; the caller defers what it returns.
func region(name string) func() {
	text := C.CString(name)
	runtime.LockOSThread()
	C.cprof_region_begin(text)
	return func() {
		C.cprof_region_end(text)
		runtime.UnlockOSThread()
		C.free(unsafe.Pointer(text))
	}
}

func work(n int) (sum float64) {
	defer region("work")()
	for i := 1; i < n; i++ {
		sum += math.Sqrt(float64(i))
	}
	return sum
}

func main() {
	defer region("main")()
	sum := 0.0
	for i := 0; i < 3; i++ {
		sum += work(2000000)
	}
	fmt.Printf("%.0f\n", sum)
}
