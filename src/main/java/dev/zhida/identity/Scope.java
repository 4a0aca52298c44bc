package dev.zhida.identity;

import java.util.UUID;

/** What a caller may see. Queries turn it into a condition; there is no way to ask without one. */
public sealed interface Scope {

    /** Everything: finance, operators and auditors. */
    record Everything() implements Scope {}

    /** What belongs to one creator. */
    record OfCreator(UUID creatorId) implements Scope {}

    /** What belongs to the campaigns of one brand. */
    record OfBrand(UUID brandId) implements Scope {}

    /** The creator that the caller is limited to, or {@code null}: for {@code (:creator is null or …)}. */
    default UUID creatorOnly() {
        return this instanceof OfCreator(var id) ? id : null;
    }

    /** The brand that the caller is limited to, or {@code null}. */
    default UUID brandOnly() {
        return this instanceof OfBrand(var id) ? id : null;
    }
}
