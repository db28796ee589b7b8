// SPDX-License-Identifier: MIT
// Threads that are blocked for ever, each in another way.
use std::sync::{mpsc, Condvar, Mutex};
use std::{hint, thread, time::Duration};

#[inline(never)]
fn middle(depth: u32, kind: u32) {
    if depth > 1 {
        middle(depth - 1, kind);
        hint::black_box(depth);
        return;
    }
    match kind {
        0 => thread::sleep(Duration::from_secs(1000)),
        1 => {
            let (tx, rx) = mpsc::channel::<i32>();
            let _kept = tx;
            let _ = rx.recv();
        }
        2 => {
            let lock = Mutex::new(false);
            let _guard = Condvar::new().wait(lock.lock().unwrap());
        }
        _ => thread::park(),
    }
}

fn main() {
    for kind in 0..4 {
        thread::spawn(move || middle(5, kind));
    }
    thread::sleep(Duration::from_millis(200));
    println!("ready");
    middle(5, 0);
}
