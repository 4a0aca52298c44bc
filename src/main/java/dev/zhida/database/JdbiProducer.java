package dev.zhida.database;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;

/** Plain SQL for the rooms where volume or locks matter. */
final class JdbiProducer {

    @Produces
    @Singleton
    Jdbi jdbi(AgroalDataSource dataSource, ObjectMapper json) {
        var jdbi = Jdbi.create(dataSource).installPlugin(new PostgresPlugin());
        jdbi.registerArgument(new JsonText.Factory(json));
        jdbi.registerArrayType(OffsetDateTime.class, "timestamptz");
        jdbi.registerArrayType(LocalDate.class, "date");
        jdbi.registerArrayType(BigDecimal.class, "numeric");
        jdbi.registerArrayType(Boolean.class, "bool");
        // Inside @Transactional the connection belongs to the transaction of the thread, which ends it.
        jdbi.getConfig(Handles.class).setForceEndTransactions(false);
        return jdbi;
    }
}
