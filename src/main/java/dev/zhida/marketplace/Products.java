package dev.zhida.marketplace;

import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says which item a pasted text means; short links are followed. Never called inside a transaction: it may wait. */
@ApplicationScoped
public class Products {

    /** How the pages behind short links send a browser on: {@code var url = '…'}. */
    private static final Pattern SCRIPTED =
            Pattern.compile("\\bvar\\s+(?:url|hrl)\\s*=\\s*[\"'](https?://[^\"'\\s<>]+)[\"']");

    private static final int SCRIPT_WITHIN = 256 << 10;

    private final Outbound outbound;

    Products(Outbound outbound) {
        this.outbound = outbound;
    }

    /**
     * An item that was understood.
     *
     * @param alsoRecognised links to other items in the same text, as they stand there
     */
    public record Understood(ItemReference item, List<String> alsoRecognised) {}

    /**
     * Understands a text.
     *
     * @param marketplace needed for a bare item id; otherwise it must agree with the link, or be {@code null}
     * @throws Refusal saying what was recognised and what is missing
     */
    public Understood understand(String text, Marketplace marketplace) {
        var understood =
                switch (ProductText.read(text, marketplace)) {
                    case ProductText.Item(var item, var others) -> new Understood(item, others);
                    case ProductText.ShortLink(var owner, var url, var others) ->
                        new Understood(follow(owner, url), others);
                    case ProductText.Opaque(var owner, var kind, var what) -> throw opaque(owner, kind, what);
                    case ProductText.NoItem(var code, var detail) -> throw invalid(code, detail);
                };
        var owner = understood.item().marketplace();
        if (marketplace != null && marketplace != owner) {
            throw invalid(
                    "marketplace-contradicts",
                    "the link is one of " + owner + ", but `marketplace` says " + marketplace);
        }
        return understood;
    }

    private static Refusal opaque(Marketplace owner, ProductText.Opaque.Kind kind, String what) {
        return switch (kind) {
            case TOKEN ->
                invalid(
                        "token-needs-connection",
                        "recognised the " + owner + " token " + what + ", but only " + owner
                                + " can say which item it stands for and no connection to it is set up:"
                                + " paste the item's link");
            case LINK ->
                invalid(
                        "link-needs-connection",
                        "recognised an affiliate link of " + owner + ", but only " + owner
                                + " can say which item is in it and no connection to it is set up:"
                                + " paste the item's own page");
        };
    }

    private ItemReference follow(Marketplace owner, String url) {
        try {
            var last = outbound.get(url, host -> MarketplaceHosts.of(host).isPresent(), answer -> onward(answer)
                    .filter(next -> item(next).isEmpty() && isOurs(next)));
            if (last.status() >= 500) {
                throw new IOException("the answer was " + last.status());
            }
            return item(last.url())
                    .or(() -> onward(last).flatMap(Products::item))
                    .orElseThrow(() -> invalid(
                            "short-link-without-item",
                            "recognised a short link of " + owner
                                    + ", but it leads to no item: paste the link of the item's own page"));
        } catch (IOException e) {
            throw new Refusal(
                    Refusal.Kind.UNAVAILABLE,
                    "short-link-unreachable",
                    "recognised a short link of " + owner + ", but could not follow it (" + e.getMessage()
                            + "): try again, or paste the link of the item's own page");
        }
    }

    private static Optional<String> onward(Outbound.Answer answer) {
        return answer.redirect().or(() -> scripted(answer.body())).map(Products::overTls);
    }

    private static Optional<String> scripted(byte[] body) {
        var page = new String(body, 0, Math.min(body.length, SCRIPT_WITHIN), StandardCharsets.UTF_8);
        var found = SCRIPTED.matcher(page);
        return found.find() ? Optional.of(found.group(1).replace("&amp;", "&")) : Optional.empty();
    }

    private static String overTls(String url) {
        return url.startsWith("http://") ? "https://" + url.substring("http://".length()) : url;
    }

    private static Optional<ItemReference> item(String url) {
        return WebLink.of(url)
                .map(ItemLinks::target)
                .flatMap(target ->
                        target instanceof ItemLinks.Target.Item(var item) ? Optional.of(item) : Optional.empty());
    }

    private static boolean isOurs(String url) {
        return WebLink.of(url).flatMap(link -> MarketplaceHosts.of(link.host())).isPresent();
    }

    private static Refusal invalid(String code, String detail) {
        return new Refusal(Refusal.Kind.INVALID, code, detail);
    }
}
