"""Search over everything public: what a record says (`document`), its words (`words`), where they are found."""
