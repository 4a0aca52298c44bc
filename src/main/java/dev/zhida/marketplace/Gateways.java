package dev.zhida.marketplace;

import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the marketplaces' APIs answer: the real ones, or all of them at a sandbox. */
@ApplicationScoped
class Gateways {

    private static final URI TAOBAO = URI.create("https://eco.taobao.com/router/rest");
    private static final URI JD = URI.create("https://api.jd.com/routerjson");
    private static final URI PDD = URI.create("https://gw-api.pinduoduo.com/api/router");
    private static final URI PANGOLIN = URI.create("https://ecom.pangolin-sdk-toutiao.com/");
    private static final URI DOUYIN_OPEN = URI.create("https://openapi-fxg.jinritemai.com/");

    /** The hosts that calls may go to. */
    static final Set<String> HOSTS =
            Set.of(TAOBAO.getHost(), JD.getHost(), PDD.getHost(), PANGOLIN.getHost(), DOUYIN_OPEN.getHost());

    private final Optional<URI> sandbox;

    Gateways(MarketplaceConfig config) {
        this.sandbox = config.sandbox();
    }

    void start(@Observes StartupEvent event) {
        sandbox.ifPresent(origin -> Log.warnf(
                "SANDBOX: every marketplace is asked at %s instead of the real one. No order there is real money;"
                        + " never set zhida.marketplace.sandbox where real creators are paid.",
                origin));
    }

    /** Where an account is reached; addresses of Douyin end with a slash, to which the method is added. */
    URI of(Marketplace marketplace, Map<String, String> settings) {
        var buyin = ConnectionSettings.BUYIN.equals(settings.get(ConnectionSettings.INTERFACE));
        return switch (marketplace) {
            case TAOBAO -> at("taobao/router/rest", TAOBAO);
            case JD -> at("jd/routerjson", JD);
            case PDD -> at("pdd/api/router", PDD);
            case DOUYIN -> buyin ? at("buyin/", DOUYIN_OPEN) : at("pangolin/", PANGOLIN);
            case XIANYU -> throw new IllegalArgumentException("XIANYU has no affiliate programme");
        };
    }

    private URI at(String path, URI real) {
        return sandbox.map(origin -> origin.resolve("/" + path)).orElse(real);
    }
}
