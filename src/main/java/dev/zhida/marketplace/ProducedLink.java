package dev.zhida.marketplace;

import dev.zhida.problem.Refusal;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads a link back that somebody made for us. Converters have put their own PID into other people's links; a link that
 * is not seen to be ours is not posted.
 */
public final class ProducedLink {

    private ProducedLink() {}

    /** What a link hides speaks against it only where somebody else may have made it. */
    private static final Set<String> HIDDEN = Set.of("pid-not-visible", "account-without-pid");

    /**
     * What speaks against a link that anybody may have made; nothing if it leads to the item and its orders come back
     * under the slot.
     *
     * @param accountPid the PID that the account's links carry where the slot is something else; may be {@code null}
     * @return {@code not-a-marketplace-link}, {@code link-of-another-item}, {@code pid-not-visible},
     *     {@code account-without-pid} or {@code pid-swapped}
     */
    public static Optional<Refusal> objection(
            String url, ItemReference item, SlotKind kind, String slot, String accountPid) {
        return objections(url, item, kind, slot, accountPid).findFirst();
    }

    /**
     * What speaks against a link that the marketplace itself answered when it was asked for the item and the slot: what
     * it shows has to be ours, and what a short or sealed link hides is taken from the question.
     *
     * @return {@code not-a-marketplace-link}, {@code link-of-another-item} or {@code pid-swapped}
     */
    public static Optional<Refusal> objectionToAnswer(
            String url, ItemReference item, SlotKind kind, String slot, String accountPid) {
        return objections(url, item, kind, slot, accountPid)
                .filter(objection -> !HIDDEN.contains(objection.code()))
                .findFirst();
    }

    private static Stream<Refusal> objections(
            String url, ItemReference item, SlotKind kind, String slot, String accountPid) {
        var link = MarketplaceHosts.isDestination(url) ? WebLink.of(url).orElse(null) : null;
        if (link == null || MarketplaceHosts.of(link.host()).orElseThrow() != item.marketplace()) {
            return Stream.of(refusal("not-a-marketplace-link", "this is no https link of " + item.marketplace()));
        }
        var shown =
                switch (kind) {
                    case TAOBAO_PID -> Stream.of(other("PID", slot, link, "pid"));
                    case TAOBAO_RELATION ->
                        Stream.of(otherPid(accountPid, link), other("relation id", slot, link, "relationId"));
                    case JD_POSITION -> Stream.of(other("position", slot, link, "positionId"));
                    case JD_SUB_UNION -> Stream.of(other("sub-union id", slot, link, "subUnionId"));
                    case PDD_CUSTOM_PARAMETERS ->
                        Stream.of(
                                otherPid(accountPid, link),
                                other("custom parameters", slot, link, "customParameters", "custom_parameters"));
                    case DOUYIN_EXTERNAL_INFO ->
                        Stream.of(otherPid(accountPid, link), other("external info", slot, link, "external_info"));
                };
        return Stream.concat(Stream.of(otherItem(item, link)), shown).flatMap(Optional::stream);
    }

    private static Optional<Refusal> otherItem(ItemReference item, WebLink link) {
        return ItemLinks.target(link) instanceof ItemLinks.Target.Item(var other)
                        && !other.itemKey().equals(item.itemKey())
                ? Optional.of(refusal(
                        "link-of-another-item", "the link leads to " + other.itemId() + ", not to " + item.itemId()))
                : Optional.empty();
    }

    private static Optional<Refusal> otherPid(String accountPid, WebLink link) {
        return accountPid == null
                ? Optional.of(refusal(
                        "account-without-pid", "set the account's PID first: the link cannot be seen to be ours"))
                : other("PID", accountPid, link, "pid");
    }

    private static Optional<Refusal> other(String what, String ours, WebLink link, String... parameters) {
        var found = link.parameter(parameters);
        if (found.isEmpty()) {
            return Optional.of(refusal(
                    "pid-not-visible",
                    "the link does not show its " + what + ", so it cannot be seen to be ours: use the long link"));
        }
        return found.get().equals(ours)
                ? Optional.empty()
                : Optional.of(refusal(
                        "pid-swapped", "the link carries the " + what + " " + found.get() + " instead of our " + ours));
    }

    private static Refusal refusal(String code, String detail) {
        return new Refusal(Refusal.Kind.INVALID, code, detail);
    }
}
