package dev.zhida.marketplace;

import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;

/** The way out that the application has. */
final class OutboundProducer {

    @Produces
    @Singleton
    Outbound outbound(MarketplaceConfig config) {
        return new Outbound(Outbound.internet(), config.sandbox().orElse(null));
    }

    void close(@Disposes Outbound outbound) throws IOException {
        outbound.close();
    }
}
