//! A project of two functions in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};

const TEMPLATE: &str = r#"
Parameters:
  RestoredTableStream: { Type: String, Default: "", Description: A stream. }
Conditions:
  IsRestored: !Not [!Equals [!Ref RestoredTableStream, ""]]
Globals:
  Function: { Timeout: 10, MemorySize: 256 }
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
  TableInUse:
    Type: AWS::SSM::Parameter
    Properties: { Value: !Ref Table }
  TableInUseArn:
    Type: AWS::SSM::Parameter
    Properties: { Value: !GetAtt Table.Arn }
  KeysTable:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
  VerifySessions:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: dynamodb:Query
            Resource: !GetAtt KeysTable.Arn
            Condition:
              ForAllValues:StringEquals: { dynamodb:LeadingKeys: SIGNING_KEYS#PUBLIC }
              "Null": { dynamodb:LeadingKeys: "false" }
  Sweep:
    Type: AWS::Serverless::Function
    Metadata: { Auth: background }
    Properties:
      CodeUri: target/lambda/sweep
      Events:
        Jobs:
          Type: DynamoDB
          Properties:
            Stream: !If [IsRestored, !Ref RestoredTableStream, !GetAtt Table.StreamArn]
            FilterCriteria:
              Filters:
                - Pattern: '{"eventName":["INSERT"],"dynamodb":{"Keys":{"pk":{"S":["SWEEPS"]}}}}'
  PutNote:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/put-note
      Policies:
        - !Ref VerifySessions
        - !Ref WriteNoCredentials
        - Statement:
            - { Effect: Allow, Action: dynamodb:PutItem, Resource: !GetAtt TableInUseArn.Value }
      Events:
        Route:
          Type: HttpApi
          Properties: { Method: POST, Path: "/api/notes/{note_id}" }
"#;

const OPENAPI: &str = r##"
openapi: 3.1.0
paths:
  /api/notes/{note_id}:
    post:
      operationId: put-note
      security: [{ bearer: [] }]
      parameters:
        - { in: path, name: note_id, required: true, schema: { type: integer, minimum: 7 } }
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: "#/components/schemas/Note" }
components:
  schemas:
    Note:
      type: object
      required: [text]
      properties:
        text: { type: string, minLength: 1 }
"##;

const MANIFEST: &str = "# The sample's own comment.\n[workspace]\nmembers = []\n";

const DEPLOYING: &str = "# Deploying

| variable | parameter | default | what it is | functions |
|---|---|---|---|---|
| | `RestoredTableStream` | none | a stream | |
";

const ROUTES: &str = "# Routes\n\n<!-- routes -->\n<!-- /routes -->\n\nMore.\n";

/// The project's folder.
pub struct Sample {
    root: PathBuf,
}

impl Sample {
    /// Lays the project down, without what `--fix` writes.
    pub fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("planted").join(name);
        let _ = fs::remove_dir_all(&root);
        let sample = Self { root };
        sample.write("template.yaml", TEMPLATE);
        sample.write("openapi.yaml", OPENAPI);
        sample.write("Cargo.toml", MANIFEST);
        sample.write("docs/routes.md", ROUTES);
        sample.write("docs/deploying.md", DEPLOYING);
        let put_note = "POST /api/notes/{note_id}: replaces a note.";
        sample.function("notes/put-note", put_note, "serve_signed_in");
        sample.function(
            "background/sweep",
            "background: removes what is left.",
            "serve_background",
        );
        sample
    }

    /// The same after `--fix`, so that all agrees.
    pub fn agreeing(name: &str) -> Self {
        let sample = Self::new(name);
        contract::fix::fix(sample.root()).expect("the sample can be fixed");
        sample
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.root.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(path, text).expect("the file is written");
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.root.join(file)).expect("the file is there")
    }

    pub fn change(&self, file: &str, change: impl Fn(&str) -> String) {
        let text = change(&self.read(file));
        self.write(file, &text);
    }

    fn function(&self, folder: &str, headline: &str, serve: &str) {
        let name = folder.rsplit('/').next().expect("a name");
        let manifest = format!("[package]\nname = \"{name}\"\n");
        self.write(&format!("functions/{folder}/Cargo.toml"), &manifest);
        let main = format!("//! {headline}\n\nfn main() -> Exit {{\n    {serve}(handler)\n}}\n");
        self.write(&format!("functions/{folder}/src/main.rs"), &main);
    }
}
