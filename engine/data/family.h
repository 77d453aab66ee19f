// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synann::data {

// What is known about a published data set: how its files are told, and what its classes are.
struct Family {
  std::string title;                     // "EMNIST letters"; empty where it is none of the known
  std::vector<std::string> class_names;  // empty where they are the digits
  bool transposed = false;               // its images are stored by columns
  bool from_one = false;                 // its labels begin at 1
};

// By the beginning of its files' names ("emnist-letters", "qmnist"), else by the folder that they lie in, or
// the one that holds torchvision's folder "raw".
Family family_of(std::string_view prefix, const std::filesystem::path& folder);

// The names of `classes` classes: those given where they are as many, else their numbers.
std::vector<std::string> class_names_or_numbers(const std::vector<std::string>& names, int classes);

// The same where they say more than the numbers; else none.
std::vector<std::string> names_beyond_numbers(const std::vector<std::string>& names, int classes);

// ---- names of files
// ---------------------------------------------------------------------------------------------

// What one of the four files of a data set holds, told by its name.
struct FileRole {
  std::string prefix;   // before train or test, such as "emnist-letters"; lower case, with dashes
  bool test = false;    // of the test set
  bool labels = false;  // else images
  bool operator==(const FileRole&) const = default;
};

// Reads a file's name: any case, dots, dashes or underscores, with or without .gz and the like. Nothing where
// it is none of the names of MNIST and its relatives.
std::optional<FileRole> file_role(std::string_view name);

// A name without what compression adds (.gz, .xz, .zip, …), lower case, words joined by dashes.
std::string plain_name(std::string_view name);

// The name of a set's table such as "mnist_train.csv" in parts: "mnist", and whether it is the test set's.
struct TableRole {
  std::string prefix;
  bool train = false, test = false;
};
TableRole table_role(std::string_view name);

}  // namespace synann::data
