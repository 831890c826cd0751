//! The layout and the locks of the cargo home.
#[cfg(test)]
mod tests {
    use std::hash::{Hash, Hasher};
    use rustc_stable_hash::{StableHasher, hashers::SipHasher128};
    #[test]
    fn x() {
        for url in ["sparse+https://index.crates.io/", "sparse+https://index.crates.io"] {
        for kind in 0..2 {
        let mut h = rustc_stable_hash::StableSipHasher128::new();
        if kind == 0 { dhow_model::SourceKind::SparseRegistry.hash(&mut h); } else { std::mem::discriminant(&dhow_model::SourceKind::SparseRegistry).hash(&mut h); }
        url.hash(&mut h);
        println!("{url} {kind} {}", hex::encode(Hasher::finish(&h).to_le_bytes()));
        }}
    }
}
