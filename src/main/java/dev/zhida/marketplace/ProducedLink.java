package dev.zhida.marketplace;

import dev.zhida.problem.Refusal;
import java.util.Optional;

/**
 * Reads a link back that somebody made for us. Converters have put their own PID into other people's links; a link that
 * is not seen to be ours is not posted.
 */
public final class ProducedLink {

    private ProducedLink() {}

    /**
     * What speaks against a link; nothing if it leads to the item and its orders come back under the slot.
     *
     * @param accountPid the PID that the account's links carry where the slot is something else; may be {@code null}
     * @return {@code not-a-marketplace-link}, {@code link-of-another-item}, {@code pid-not-visible},
     *     {@code account-without-pid} or {@code pid-swapped}
     */
    public static Optional<Refusal> objection(
            String url, ItemReference item, SlotKind kind, String slot, String accountPid) {
        var link = MarketplaceHosts.isDestination(url) ? WebLink.of(url).orElse(null) : null;
        if (link == null || MarketplaceHosts.of(link.host()).orElseThrow() != item.marketplace()) {
            return refusal("not-a-marketplace-link", "this is no https link of " + item.marketplace());
        }
        if (ItemLinks.target(link) instanceof ItemLinks.Target.Item(var other)
                && !other.itemKey().equals(item.itemKey())) {
            return refusal("link-of-another-item", "the link leads to " + other.itemId() + ", not to " + item.itemId());
        }
        return switch (kind) {
            case TAOBAO_PID -> other("PID", slot, link, "pid");
            case TAOBAO_RELATION -> otherPid(accountPid, link).or(() -> other("relation id", slot, link, "relationId"));
            case JD_POSITION -> other("position", slot, link, "positionId");
            case JD_SUB_UNION -> other("sub-union id", slot, link, "subUnionId");
            case PDD_CUSTOM_PARAMETERS ->
                otherPid(accountPid, link)
                        .or(() -> other("custom parameters", slot, link, "customParameters", "custom_parameters"));
            case DOUYIN_EXTERNAL_INFO ->
                otherPid(accountPid, link).or(() -> other("external info", slot, link, "external_info"));
        };
    }

    private static Optional<Refusal> otherPid(String accountPid, WebLink link) {
        return accountPid == null
                ? refusal("account-without-pid", "set the account's PID first: the link cannot be seen to be ours")
                : other("PID", accountPid, link, "pid");
    }

    private static Optional<Refusal> other(String what, String ours, WebLink link, String... parameters) {
        var found = link.parameter(parameters);
        if (found.isEmpty()) {
            return refusal(
                    "pid-not-visible",
                    "the link does not show its " + what + ", so it cannot be seen to be ours: use the long link");
        }
        return found.get().equals(ours)
                ? Optional.empty()
                : refusal(
                        "pid-swapped", "the link carries the " + what + " " + found.get() + " instead of our " + ours);
    }

    private static Optional<Refusal> refusal(String code, String detail) {
        return Optional.of(new Refusal(Refusal.Kind.INVALID, code, detail));
    }
}
