package dev.zhida.marketplace;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the master keys come from that marketplace secrets are encrypted with. */
@ConfigMapping(prefix = "zhida.secrets")
public interface SecretsConfig {

    /**
     * Base64 of 32 bytes, as {@code openssl rand -base64 32} makes them; {@code ZHIDA_SECRETS_KEY} in the environment.
     * Several are separated by commas: all of them read, the last one writes.
     */
    Optional<List<String>> key();

    /**
     * A file with such keys, one a line, which is read anew at every use: a line that is added counts from then on.
     * Without this and without {@link #key} the application makes one below {@code zhida.data}. Nodes that share a
     * database have to share their keys.
     */
    Optional<Path> keyFile();
}
