//! The macro for the table of operations; each area's rows are in the area's file.

/// The operations of an area. A row is `Variant: "area.name" (Input) -> Output, "summary";`, with
/// `by "field"` after the input where an adapter may declare only a part of the operation: the
/// values of that input field.
macro_rules! operations {
    ($area:ident($question:ident):
    $($variant:ident: $name:literal ($in:ident $(, by $selector:literal)?) -> $out:ident,
        $summary:literal;)*) => {
        #[doc = concat!("A question of the area ", stringify!($area), ", by its operation.")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $question {
            $(#[doc = concat!("`", $name, "`: ", $summary, ".")] $variant($in),)*
        }

        impl $question {
            /// The operations of the area.
            pub(super) fn operations() -> Vec<super::Operation> {
                vec![$(super::Operation::of::<$in>($name, &[$($selector)?], $summary)),*]
            }

            /// Reads the input of an operation.
            pub(super) fn parse(
                operation: &str,
                input: serde_json::Value,
            ) -> Result<Self, super::BadQuestion> {
                match operation {
                    $($name => super::read(input).map(Self::$variant),)*
                    _ => Err(super::BadQuestion::Operation(operation.to_owned())),
                }
            }

            /// Passes the question to a client that answers every operation of the area.
            pub fn answered_by<Answer, Client>(&self, client: &Client) -> Answer
            where
                $(Client: super::Answers<$in, Answer>,)*
            {
                match self {
                    $(Self::$variant(input) => client.answer(input),)*
                }
            }
        }

        $(
            impl super::OperationInput for $in {
                type Out = $out;
            }

            impl From<$in> for super::Question {
                fn from(input: $in) -> Self {
                    Self::$area($question::$variant(input))
                }
            }
        )*
    };
}
