//! The complete binary Merkle tree, CBMT (RFC 0006).

use super::Byte32;
use super::ckbhash::ckbhash;
use crate::{RuleId, RuleSet, Violation};
use std::cmp::Reverse;
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
    tree(leaves).first().copied().unwrap_or(Byte32::ZERO)
}

/// The parent of two nodes: ckbhash(left ‖ right), with nothing that tells nodes from leaves.
//= HASH-012
#[must_use]
pub fn merge(left: &Byte32, right: &Byte32) -> Byte32 {
    ckbhash([left.0, right.0].as_flattened())
}

/// A proof that some leaves are in a tree. How many leaves that has, it does not say.
//= HASH-013
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerkleProof {
    /// The places of the proved leaves in the array of the tree, in the order of the leaves'
    /// values; of equal leaves, the higher place first.
    pub indices: Vec<u32>,
    /// The nodes that cannot be computed from the leaves, in the order of their use.
    pub lemmas: Vec<Byte32>,
}

impl MerkleProof {
    /// Proves the leaves with these numbers, each of which is named once.
    pub fn build(leaves: &[Byte32], numbers: &[u32], rules: &RuleSet) -> Result<Self, Violation> {
        let nodes = tree(leaves);
        let inner = u32::try_from(leaves.len()).ok().and_then(|count| count.checked_sub(1));
        let place = |number: &u32| {
            let index = inner?.checked_add(*number)?;
            Some((index, at(&nodes, index)?))
        };
        let mut proved: Vec<_> = numbers.iter().filter_map(place).collect();
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

    /// The root that follows from the proof and the leaves, whatever their order.
    ///
    /// `None` when there are not as many leaves as indices, when there are none, and when the
    /// lemmas do not suffice or are not all needed.
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

    /// Checks that leaves are in the tree with a root.
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
                None => broken.with("lemmas or nodes", "missing or left over"),
            }
        })
    }
}

/// Merges nodes until the root is left: sorted once, then in the order in which they wait.
///
/// A sibling that is not among them is asked for. `None` when it is not given, when a node is
/// left over at the root, and without nodes.
//= HASH-013
fn climb(
    mut nodes: Vec<(u32, Byte32)>,
    mut other: impl FnMut(u32) -> Option<Byte32>,
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
            _ => other(sibling),
        }?;
        let parent = if is_left { merge(&node, &merged) } else { merge(&merged, &node) };
        nodes.push_back((below / 2, parent));
    }
}

/// All nodes of the tree over leaves, in the order of their indices.
//= HASH-012
fn tree(leaves: &[Byte32]) -> Vec<Byte32> {
    // From the highest index down, each two are siblings, and their parent is the next to come.
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
