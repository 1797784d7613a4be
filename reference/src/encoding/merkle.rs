//! The complete binary Merkle tree, CBMT (RFC 0006).

use super::Byte32;
use super::ckbhash::ckbhash;
use crate::{RuleId, RuleSet, Violation};
use std::cmp::Reverse;
use std::collections::VecDeque;

/// The root over leaves in order: zero for no leaves, the leaf itself for one.
///
/// The tree of n leaves is an array of 2n − 1 nodes. Its last n are the leaves, in order, and
/// node i is the merge of nodes 2i + 1 and 2i + 2:
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
    tree(leaves).first().copied().unwrap_or(Byte32::ZERO)
}

/// The parent of two nodes: ckbhash(left ‖ right). Nothing in the hash distinguishes an inner node
/// from a leaf.
//= HASH-012
#[must_use]
pub fn merge(left: &Byte32, right: &Byte32) -> Byte32 {
    ckbhash([left.0, right.0].as_flattened())
}

/// A proof that some leaves are in a tree. It does not contain the number of the tree's leaves.
//= HASH-013
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerkleProof {
    /// The indices of the proved leaves in the array of the tree, ordered by the values of the
    /// leaves; among equal leaves the higher index comes first.
    pub indices: Vec<u32>,
    /// The nodes that cannot be computed from the leaves, in the order in which they are used.
    pub lemmas: Vec<Byte32>,
}

impl MerkleProof {
    /// Proves the leaves with these numbers, counted from 0; each number occurs once.
    ///
    /// It violates HASH-013 to prove no leaf, or a number that no leaf has.
    pub fn build(leaves: &[Byte32], numbers: &[u32], rules: &RuleSet) -> Result<Self, Violation> {
        let nodes = tree(leaves);
        let inner = u32::try_from(leaves.len()).ok().and_then(|count| count.checked_sub(1));
        let indexed = |number: &u32| {
            let index = inner?.checked_add(*number)?;
            Some((index, at(&nodes, index)?))
        };
        let mut proved: Vec<_> = numbers.iter().filter_map(indexed).collect();
        let provable = !proved.is_empty() && proved.len() == numbers.len();
        rules.require(RuleId("HASH-013"), provable, |broken| {
            broken.with("leaves", leaves.len()).with("leaves to prove", format_args!("{numbers:?}"))
        })?;
        proved.sort_by_key(|(index, leaf)| (*leaf, Reverse(*index)));
        let indices: Vec<u32> = proved.iter().map(|(index, _)| *index).collect();
        let mut lemmas = Vec::new();
        climb(proved, |sibling| {
            let lemma = at(&nodes, sibling);
            lemmas.extend(lemma);
            lemma
        });
        Ok(Self { indices, lemmas })
    }

    /// The root that follows from the proof and the leaves, which may be in any order.
    ///
    /// `None` when there are no leaves or not as many as indices, when lemmas are missing, and
    /// when lemmas are left over.
    //= HASH-013
    #[must_use]
    pub fn root(&self, leaves: &[Byte32]) -> Option<Byte32> {
        if leaves.len() != self.indices.len() {
            return None;
        }
        let mut leaves = leaves.to_vec();
        leaves.sort();
        let proved = self.indices.iter().copied().zip(leaves).collect();
        let mut lemmas = self.lemmas.iter().copied();
        let root = climb(proved, |_| lemmas.next())?;
        lemmas.next().is_none().then_some(root)
    }

    /// Checks that leaves are in the tree with this root.
    pub fn verify(
        &self,
        root: &Byte32,
        leaves: &[Byte32],
        rules: &RuleSet,
    ) -> Result<(), Violation> {
        let found = self.root(leaves);
        rules.require(RuleId("HASH-013"), found == Some(*root), |broken| {
            let broken = broken.with("expected root", root);
            match found {
                Some(found) => broken.with("got", found),
                None if leaves.len() != self.indices.len() => {
                    broken.with("leaves", leaves.len()).with("indices", self.indices.len())
                }
                None => broken.with("lemmas or nodes", "missing or unused"),
            }
        })
    }
}

/// Merges nodes until only the root is left. The nodes are a queue, sorted once by descending
/// index; each merge appends the parent to the queue.
///
/// `lemma` returns a sibling that is not in the queue. The result is `None` when `lemma` has no
/// such node, when a node is left over at the root, and without nodes.
//= HASH-013
fn climb(
    mut nodes: Vec<(u32, Byte32)>,
    mut lemma: impl FnMut(u32) -> Option<Byte32>,
) -> Option<Byte32> {
    nodes.sort_by_key(|(index, _)| Reverse(*index));
    let mut nodes = VecDeque::from(nodes);
    loop {
        let (index, node) = nodes.pop_front()?;
        let Some(below) = index.checked_sub(1) else {
            return nodes.is_empty().then_some(node);
        };
        // Left children have odd indices, and their siblings follow them.
        let is_left = below.is_multiple_of(2);
        let sibling = if is_left { index.checked_add(1)? } else { below };
        let merged = match nodes.front() {
            Some((next, _)) if *next == sibling => nodes.pop_front().map(|(_, node)| node),
            _ => lemma(sibling),
        }?;
        let parent = if is_left { merge(&node, &merged) } else { merge(&merged, &node) };
        nodes.push_back((below / 2, parent));
    }
}

/// All nodes of the tree over leaves, in the order of their indices.
//= HASH-012
fn tree(leaves: &[Byte32]) -> Vec<Byte32> {
    // From the highest index down, each two neighbours are siblings, and their parent is the next
    // node to be pushed.
    let mut nodes: Vec<Byte32> = leaves.iter().rev().copied().collect();
    let mut merged = 0_usize;
    while let Some([right, left]) = nodes.get(merged..).and_then(|rest| rest.first_chunk()) {
        nodes.push(merge(left, right));
        merged = merged.saturating_add(2);
    }
    nodes.reverse();
    nodes
}

/// The node with an index.
fn at(nodes: &[Byte32], index: u32) -> Option<Byte32> {
    nodes.get(usize::try_from(index).ok()?).copied()
}
