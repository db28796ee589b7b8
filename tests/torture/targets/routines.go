// SPDX-License-Identifier: MIT

// Goroutines that compute, sleep, panic and recover; children with statuses.
// The runtime stops its threads by signals, some thousand times a second.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

//go:noinline
func burn(hash uint64, rounds int) uint64 {
	for i := 0; i < rounds; i++ {
		hash = (hash^(hash>>29))*0xbf58476d1ce4e5b9 + 1
	}
	return hash
}

//go:noinline
func descend(depth int) int {
	var room [256]byte // stacks have to grow
	room[depth%256] = 1
	if depth == 0 {
		if burn(1, 1000) != 0 {
			panic("on purpose")
		}
	}
	return descend(depth-1) + int(room[depth%256])
}

func caught(depth int) (right bool) {
	defer func() { right = recover() != nil }()
	descend(depth)
	return false
}

func main() {
	if len(os.Args) > 1 {
		os.Exit(17)
	}
	var group sync.WaitGroup
	counts := make([]int, 16)
	for i := range counts {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			for round := 0; round < 60; round++ {
				if caught(round * 10) {
					counts[i]++
				}
				burn(uint64(i), 300000)
				time.Sleep(time.Millisecond)
			}
		}(i)
	}
	right := 0
	for i := 0; i < 10; i++ {
		runtime.GC()
		err := exec.Command(os.Args[0], "child").Run()
		if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode() == 17 {
			right++
		}
	}
	group.Wait()
	fmt.Println(counts, right)
	os.Exit(31)
}
