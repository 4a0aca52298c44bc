package dev.zhida.identity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity
@Table(name = "person")
class PersonEntity {

    @Id
    UUID id;

    String login;

    @Column(name = "display_name")
    String displayName;

    @Enumerated(EnumType.STRING)
    Role role;

    @Column(name = "creator_id")
    UUID creatorId;

    @Column(name = "brand_id")
    UUID brandId;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "disabled_at")
    Instant disabledAt;

    Caller asCaller() {
        return new Caller(id, login, role, creatorId, brandId);
    }
}
