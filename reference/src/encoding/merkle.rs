//! The complete binary Merkle tree, CBMT (RFC 0006).

use super::Byte32;
use super::hash::ckbhash;
use std::collections::VecDeque;

/// The root over leaves in order: zero for none, the leaf itself for one.
///
/// The tree of n leaves is an array of 2n − 1 nodes. Its last n are the leaves, in order, and
/// node i is the merger of nodes 2i + 1 and 2i + 2:
///
/// ```text
///         0                n = 3:  node 2 = leaf 0, node 3 = leaf 1, node 4 = leaf 2
///        / \                       node 1 = merge(node 3, node 4)
///       1   2                      node 0 = merge(node 1, node 2)
///      / \
///     3   4
/// ```
//= HASH-012
#[must_use]
pub fn merkle_root(leaves: &[Byte32]) -> Byte32 {
    // The queue holds the nodes that wait for a parent, from the highest index down: so the first
    // two are siblings, and the index of their parent is just below all that wait.
    let mut nodes: VecDeque<Byte32> = leaves.iter().rev().copied().collect();
    loop {
        let Some(right) = nodes.pop_front() else {
            return Byte32::ZERO;
        };
        let Some(left) = nodes.pop_front() else {
            return right;
        };
        nodes.push_back(merge(&left, &right));
    }
}

/// The parent of two nodes: ckbhash(left ‖ right), with nothing that tells nodes from leaves.
//= HASH-012
#[must_use]
pub fn merge(left: &Byte32, right: &Byte32) -> Byte32 {
    ckbhash([left.0, right.0].as_flattened())
}
