-- Each change of a ticket's state begins a stretch and ends the one before, whoever changes it: exact, and in the
-- same transaction. The instant is the one that the ticket itself says.
CREATE OR REPLACE FUNCTION ticket_stretches() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    then_at timestamptz;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO ticket_stretch (ticket_id, state, started_at) VALUES (NEW.id, NEW.state, NEW.opened_at);
        RETURN NULL;
    END IF;
    then_at := CASE NEW.state WHEN 'RESOLVED' THEN NEW.resolved_at WHEN 'CLOSED' THEN NEW.closed_at
                              ELSE NEW.changed_at END;
    UPDATE ticket_stretch SET ended_at = greatest(started_at, then_at) WHERE ticket_id = NEW.id AND ended_at IS NULL
    RETURNING ended_at INTO then_at;
    INSERT INTO ticket_stretch (ticket_id, state, started_at) VALUES (NEW.id, NEW.state, coalesce(then_at, NEW.changed_at));
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER ticket_stretch_begun AFTER INSERT ON ticket
    FOR EACH ROW EXECUTE FUNCTION ticket_stretches();
CREATE OR REPLACE TRIGGER ticket_stretch_changed AFTER UPDATE ON ticket
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION ticket_stretches();
