// SPDX-License-Identifier: MIT

// Go: a static binary with its own stacks, scheduler and frame pointers.
//
//	routines SECONDS
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"
)

//go:noinline
func collatz(n uint64) (steps uint64) {
	for n != 1 {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
		steps++
	}
	return steps
}

//go:noinline
func longest(upto uint64) (best uint64) {
	for n := uint64(1); n < upto; n++ {
		if s := collatz(n); s > best {
			best = s
		}
	}
	return best
}

//go:noinline
func sortWords(count int) int {
	words := make([]string, count)
	for i := range words {
		words[i] = strconv.Itoa((i * 7919) % count)
	}
	sort.Strings(words)
	return len(words[0])
}

func main() {
	seconds := 1.0
	if len(os.Args) > 1 {
		seconds, _ = strconv.ParseFloat(os.Args[1], 64)
	}
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	var group sync.WaitGroup
	var best, words uint64
	group.Add(2)
	go func() {
		for time.Now().Before(end) {
			best = longest(20000)
		}
		group.Done()
	}()
	go func() {
		for time.Now().Before(end) {
			words += uint64(sortWords(2000))
		}
		group.Done()
	}()
	group.Wait()
	fmt.Println("best", best, "words", words)
}
