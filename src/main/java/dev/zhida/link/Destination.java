package dev.zhida.link;

import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.MarketplaceHosts;
import dev.zhida.marketplace.ProducedLink;
import dev.zhida.slot.LeasedSlot;
import dev.zhida.slot.Leasing;
import java.util.Locale;

/**
 * Where the fans of a placement are sent, and whether that earns.
 *
 * @param earnsNot why it earns nothing, in kebab case; {@code null} if it earns
 */
record Destination(String url, String earnsNot) {

    Destination {
        if (!MarketplaceHosts.isDestination(url)) {
            throw new IllegalStateException("not a marketplace's address: " + url);
        }
    }

    /** Of a placement that is new: the link with its slot if we can make it ourselves, else the item's own page. */
    static Destination of(ItemReference item, Leasing leasing) {
        return switch (leasing) {
            case Leasing.None(var reason) ->
                new Destination(
                        item.plainUrl(), reason.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            case Leasing.Leased(var slot) ->
                item.urlWithSlot(slot.kind(), slot.value())
                        .map(url -> produced(url, item, slot))
                        .orElseGet(() -> new Destination(item.plainUrl(), earnsNot(false, slot)));
        };
    }

    /**
     * A link that was made by somebody else.
     *
     * @throws dev.zhida.problem.Refusal if it cannot be seen to be ours
     */
    static Destination produced(String url, ItemReference item, LeasedSlot slot) {
        ProducedLink.objection(url, item, slot.kind(), slot.value(), slot.accountPid())
                .ifPresent(objection -> {
                    throw objection;
                });
        return new Destination(url, earnsNot(true, slot));
    }

    /** The same address, judged again because more may be known of the slot. */
    static Destination again(String url, ItemReference item, LeasedSlot slot) {
        var carriesSlot = ProducedLink.objection(url, item, slot.kind(), slot.value(), slot.accountPid())
                .isEmpty();
        return new Destination(url, earnsNot(carriesSlot, slot));
    }

    private static String earnsNot(boolean carriesSlot, LeasedSlot slot) {
        if (!slot.authorised()) {
            return "not-authorised-yet";
        }
        return carriesSlot ? null : "no-connection";
    }
}
