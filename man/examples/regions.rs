// SPDX-License-Identifier: MIT
//! Regions in Rust, without a header or a crate.
//!
//!	rustc -O -L native=/usr/local/lib regions.rs

use std::ffi::CStr;
use std::os::raw::{c_char, c_longlong};

#[link(name = "cprof", kind = "static")]
extern "C" {
    fn cprof_region_begin(name: *const c_char);
    fn cprof_region_end(name: *const c_char);
    fn cprof_counter(name: *const c_char, value: c_longlong);
}

/// Ends the region when it goes out of scope, also by a panic.
struct Region(&'static CStr);

impl Region {
    fn new(name: &'static CStr) -> Region {
        unsafe { cprof_region_begin(name.as_ptr()) };
        Region(name)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        unsafe { cprof_region_end(self.0.as_ptr()) };
    }
}

fn name(text: &'static [u8]) -> &'static CStr {
    CStr::from_bytes_with_nul(text).unwrap()
}

fn work(n: u32) -> f64 {
    let _region = Region::new(name(b"work\0"));
    (1..n).map(|i| f64::from(i).sqrt()).sum()
}

fn main() {
    let _region = Region::new(name(b"main\0"));
    let mut sum = 0.0;
    for i in 0..3 {
        sum += work(2_000_000);
        unsafe { cprof_counter(name(b"turns\0").as_ptr(), i + 1) };
    }
    println!("{:.0}", sum);
}
