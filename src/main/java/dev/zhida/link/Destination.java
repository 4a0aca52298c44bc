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
                judged(
                        item.urlWithSlot(slot.kind(), slot.value()).orElseGet(item::plainUrl),
                        item,
                        slot,
                        LinkAnswer.NONE);
        };
    }

    /**
     * A link that an operator puts.
     *
     * @throws dev.zhida.problem.Refusal if it cannot be seen to be ours
     */
    static Destination byHand(String url, ItemReference item, LeasedSlot slot) {
        ProducedLink.objection(url, item, slot.kind(), slot.value(), slot.accountPid())
                .ifPresent(objection -> {
                    throw objection;
                });
        return judged(url, item, slot, new LinkAnswer(url, true, null));
    }

    /** An address, judged by what is known of the slot and of what the marketplace said. */
    static Destination judged(String url, ItemReference item, LeasedSlot slot, LinkAnswer answer) {
        return new Destination(url, earnsNot(url, item, slot, answer));
    }

    private static String earnsNot(String url, ItemReference item, LeasedSlot slot, LinkAnswer answer) {
        if (LinkAnswer.ITEM.equals(answer.refusal()) && !answer.byHand()) {
            return LinkAnswer.ITEM;
        }
        if (!slot.authorised()) {
            return "not-authorised-yet";
        }
        if (url.equals(answer.url())
                || ProducedLink.objection(url, item, slot.kind(), slot.value(), slot.accountPid())
                        .isEmpty()) {
            return null;
        }
        if (answer.refusal() != null) {
            return answer.refusal();
        }
        return slot.connected() ? LinkAnswer.PENDING : LinkAnswer.NO_CONNECTION;
    }
}
