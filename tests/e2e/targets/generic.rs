// SPDX-License-Identifier: MIT
//! Rust as people write it: generics, closures, iterators, a thread and a
//! dyn trait.
//!
//!     generic SECONDS

use std::collections::HashMap;
use std::time::{Duration, Instant};

trait Walk {
    fn steps(&self, from: u64) -> u64;
}

struct Collatz;

impl Walk for Collatz {
    #[inline(never)]
    fn steps(&self, from: u64) -> u64 {
        let mut n = from;
        let mut steps = 0;
        while n != 1 {
            n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
            steps += 1;
        }
        steps
    }
}

mod stats {
    #[inline(never)]
    pub fn longest<W: super::Walk + ?Sized>(walk: &W, upto: u64) -> u64 {
        (1..upto).map(|n| walk.steps(n)).max().unwrap_or(0)
    }
}

#[inline(never)]
fn count_words(times: u64) -> usize {
    let mut words: HashMap<String, u64> = HashMap::new();
    for i in 0..times {
        *words.entry(format!("word {}", i % 500)).or_insert(0) += i;
    }
    words.len()
}

fn main() {
    let seconds: f64 = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1.0);
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let worker = std::thread::Builder::new()
        .name("walker".to_string())
        .spawn(move || {
            let walk: Box<dyn Walk + Send> = Box::new(Collatz);
            let mut best = 0;
            while Instant::now() < end {
                best = stats::longest(&*walk, 20000).max(best);
            }
            best
        })
        .unwrap();
    let mut words = 0;
    while Instant::now() < end {
        words += count_words(2000);
    }
    println!("best {} words {}", worker.join().unwrap(), words);
}
