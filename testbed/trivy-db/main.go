// Turns a readable YAML file of advisories into a Trivy vulnerability database (schema 2), and back into text.
//
//	trivydb build advisories.yaml trivy.db
//	trivydb dump trivy.db                    sorted JSON: two databases are the same when their dumps are
//
// Layout of trivy.db: go.etcd.io/bbolt, every value JSON; see aquasecurity/trivy-db, pkg/db and pkg/types.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
	"gopkg.in/yaml.v3"
)

type advisories struct {
	Sources map[string]struct {
		ID   string `yaml:"ID"`
		Name string `yaml:"Name"`
		URL  string `yaml:"URL"`
	} `yaml:"sources"`
	Vulnerabilities []vulnerability `yaml:"vulnerabilities"`
}

type vulnerability struct {
	ID          string            `yaml:"id"`
	Title       string            `yaml:"title"`
	Description string            `yaml:"description"`
	Severity    map[string]string `yaml:"severity"` // who says so -> LOW, MEDIUM, HIGH or CRITICAL
	CVSS        map[string]struct {
		Vector string  `yaml:"vector"`
		Score  float64 `yaml:"score"`
	} `yaml:"cvss"`
	CWE        []string   `yaml:"cwe"`
	References []string   `yaml:"references"`
	Published  time.Time  `yaml:"published"`
	Modified   time.Time  `yaml:"modified"`
	Affects    []affected `yaml:"affects"`
}

type affected struct {
	In         string   `yaml:"in"`       // one of the sources
	Package    string   `yaml:"package"`  // of an operating system: the SOURCE package (apk: the origin)
	Fixed      string   `yaml:"fixed"`    // operating system only; empty: unfixed
	Status     string   `yaml:"status"`   // operating system, unfixed only
	Severity   string   `yaml:"severity"` // as the distribution sees it
	Vulnerable []string `yaml:"vulnerable"`
	Patched    []string `yaml:"patched"`
	IDs        []string `yaml:"ids"` // DSA-…, GHSA-…
}

var severities = []string{"UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL"}
var statuses = []string{"unknown", "not_affected", "affected", "fixed", "under_investigation", "will_not_fix", "fix_deferred", "end_of_life"}

// number finds a name in one of the lists above; an empty name is the first, an unknown one an error.
func number(names []string, name string) (int, error) {
	for i, known := range names {
		if name == known || (name == "" && i == 0) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%q is none of %s", name, strings.Join(names, ", "))
}

// put stores a value as JSON below nested buckets, made when missing.
func put(tx *bolt.Tx, value any, key string, buckets ...string) error {
	bucket, err := tx.CreateBucketIfNotExists([]byte(buckets[0]))
	for _, name := range buckets[1:] {
		if err == nil {
			bucket, err = bucket.CreateBucketIfNotExists([]byte(name))
		}
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return bucket.Put([]byte(key), text)
}

// detail is what Trivy shows of a vulnerability, whatever package it was found in.
func (v vulnerability) detail() (map[string]any, error) {
	vendor, top := map[string]int{}, 0
	for source, name := range v.Severity {
		n, err := number(severities, name)
		if err != nil {
			return nil, fmt.Errorf("%s: severity %w", v.ID, err)
		}
		vendor[source] = n
		top = max(top, n)
	}
	if n, ok := vendor["nvd"]; ok {
		top = n
	}
	cvss := map[string]any{}
	for source, c := range v.CVSS {
		cvss[source] = map[string]any{"V3Vector": c.Vector, "V3Score": c.Score}
	}
	d := map[string]any{"Title": v.Title, "Description": v.Description, "Severity": severities[top], "VendorSeverity": vendor,
		"CVSS": cvss, "CweIDs": v.CWE, "References": v.References}
	if !v.Published.IsZero() {
		d["PublishedDate"] = v.Published
	}
	if !v.Modified.IsZero() {
		d["LastModifiedDate"] = v.Modified
	}
	return d, nil
}

// advisory is what Trivy matches an installed package against.
func (a affected) advisory() (map[string]any, error) {
	result := map[string]any{}
	if strings.Contains(a.In, "::") { // a library of a programming language
		result["VulnerableVersions"], result["PatchedVersions"] = a.Vulnerable, a.Patched
	} else {
		status, err := number(statuses, a.Status)
		if err != nil {
			return nil, fmt.Errorf("status %w", err)
		}
		severity, err := number(severities, a.Severity)
		if err != nil {
			return nil, fmt.Errorf("severity %w", err)
		}
		result["FixedVersion"] = a.Fixed
		if a.Fixed == "" {
			result["Status"] = status
		}
		if a.Severity != "" {
			result["Severity"] = severity
		}
	}
	if len(a.IDs) > 0 {
		result["VendorIDs"] = a.IDs
	}
	return result, nil
}

func (f advisories) store(tx *bolt.Tx) error {
	for name, s := range f.Sources {
		if err := put(tx, map[string]string{"ID": s.ID, "Name": s.Name, "URL": s.URL}, name, "data-source"); err != nil {
			return err
		}
	}
	for _, v := range f.Vulnerabilities {
		detail, err := v.detail()
		if err == nil {
			err = put(tx, detail, v.ID, "vulnerability")
		}
		if err != nil {
			return err
		}
		for _, a := range v.Affects {
			if _, known := f.Sources[a.In]; !known {
				return fmt.Errorf("%s: %q is not among the sources", v.ID, a.In)
			}
			advisory, err := a.advisory()
			if err == nil {
				err = put(tx, advisory, v.ID, a.In, a.Package)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", v.ID, err)
			}
		}
	}
	return nil
}

func build(source, target string) error {
	input, err := os.Open(source)
	if err != nil {
		return err
	}
	defer input.Close()
	var f advisories
	decoder := yaml.NewDecoder(input)
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil {
		return err
	}
	if err := os.Remove(target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db, err := bolt.Open(target, 0o644, nil)
	if err != nil {
		return err
	}
	return errors.Join(db.Update(f.store), db.Close())
}

// tree reads a bucket with all below it; JSON has its keys sorted, so the text is the same for the same content.
func tree(bucket *bolt.Bucket) map[string]any {
	result := map[string]any{}
	_ = bucket.ForEach(func(key, value []byte) error {
		if value == nil {
			result[string(key)] = tree(bucket.Bucket(key))
		} else {
			result[string(key)] = json.RawMessage(bytes.Clone(value)) // the file is unmapped before the text is written
		}
		return nil
	})
	return result
}

func dump(file string) error {
	db, err := bolt.Open(file, 0o444, &bolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	all := map[string]any{}
	err = db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, bucket *bolt.Bucket) error {
			all[string(name)] = tree(bucket)
			return nil
		})
	})
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return errors.Join(err, db.Close(), encoder.Encode(all))
}

func main() {
	log.SetFlags(0)
	var err error
	switch args := os.Args[1:]; {
	case len(args) == 3 && args[0] == "build":
		err = build(args[1], args[2])
	case len(args) == 2 && args[0] == "dump":
		err = dump(args[1])
	default:
		err = errors.New("usage: trivydb build advisories.yaml trivy.db | trivydb dump trivy.db")
	}
	if err != nil {
		log.Fatal(err)
	}
}
