// SPDX-License-Identifier: MIT
//! Panics that are caught, and threads that end by one: their stacks are
//! unwound by the program itself while they are sampled.

use std::panic;
use std::thread;

#[inline(never)]
fn burn(mut hash: u64, rounds: u32) -> u64 {
    for _ in 0..rounds {
        hash = (hash ^ (hash >> 29)).wrapping_mul(0xbf58476d1ce4e5b9) + 1;
    }
    hash
}

struct Guard<'a>(&'a mut u64);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        *self.0 += 1;
    }
}

#[inline(never)]
fn descend(depth: u32, dropped: &mut u64) -> u64 {
    let mut below = 0;
    {
        let guard = Guard(dropped);
        if depth == 0 {
            if burn(1, 2000) != 0 {
                panic!("on purpose");
            }
        } else {
            let sum = descend(depth - 1, &mut below);
            std::hint::black_box(sum);
        }
        std::hint::black_box(&guard.0);
    }
    below
}

fn work(rounds: u32) -> (u32, u64) {
    let mut caught = 0;
    let mut dropped = 0;
    for i in 0..rounds {
        let result = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            descend(i % 40, &mut dropped)
        }));
        caught += result.is_err() as u32;
        burn(i as u64, 20000);
    }
    (caught, dropped)
}

fn main() {
    panic::set_hook(Box::new(|_| {}));
    let threads: Vec<_> = (0..4).map(|_| thread::spawn(|| work(4000))).collect();
    for thread in threads {
        let (caught, dropped) = thread.join().unwrap();
        println!("{caught} caught, {dropped} dropped");
    }
    let dead: Vec<_> = (0..200)
        .map(|i| thread::spawn(move || if burn(i, 5000) != 0 { panic!("end") }))
        .collect();
    let failed = dead.into_iter().filter_map(|t| t.join().err()).count();
    println!("{failed} threads ended by a panic");
    std::process::exit(29);
}
